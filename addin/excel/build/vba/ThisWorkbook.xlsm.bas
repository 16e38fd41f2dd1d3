Option Explicit

Private Sub Workbook_Open()
    DescribeFormulas
    WarmUp
End Sub
